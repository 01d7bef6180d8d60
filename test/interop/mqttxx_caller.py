"""Calls the demo thermostat with the real mqttxx 2.x and prints what each call gave, as JSON lines."""
import asyncio
import json
import sys

from loguru import logger
from mqttxx import ConventionalRPCManager, MQTTClient, MQTTConfig

logger.remove()


async def main(port: int) -> None:
    client = MQTTClient(MQTTConfig(broker_host="127.0.0.1", broker_port=port, client_id="interop-caller"))
    await client.connect()
    while not client.is_connected:
        await asyncio.sleep(0.05)
    rpc = ConventionalRPCManager(client, my_topic="interop/caller")
    await asyncio.sleep(0.3)
    for method, params in [("get_status", None), ("set_target", {"target": 22}), ("no_such_method", None), ("calibrate", None)]:
        try:
            result = await rpc.call("edge/demo-thermostat", method, params=params, timeout=10)
            print(json.dumps({"method": method, "result": result}), flush=True)
        except Exception as error:
            print(json.dumps({"method": method, "error": type(error).__name__, "text": str(error)}), flush=True)
    await client.disconnect()


asyncio.run(main(int(sys.argv[1])))
