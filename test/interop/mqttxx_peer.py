"""The real mqttxx 2.x, 3.x or 4.x as a peer: MAJOR PORT responder, or MAJOR PORT caller TOPIC METHODS…, which prints what each call gave as JSON lines."""
import asyncio
import json
import logging
import sys

import mqttxx
from loguru import logger
from mqttxx import MQTTClient, MQTTConfig

logger.remove()
logging.disable(logging.WARNING)  # of calls that wait for their PUBACK
major, port, role = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


async def allow(caller_id, method, request):
    return method != "delete_user"


def manager(client, topic):
    if major == 4:
        return mqttxx.RPCManager(client)
    kind = mqttxx.ConventionalRPCManager if major == 2 else mqttxx.RPCManager
    return kind(client, my_topic=topic, auth_callback=allow)


def fail(text):
    raise RuntimeError(text)


async def respond(rpc):
    methods = {
        "echo": lambda params: params,
        "none": lambda params: None,
        "delete_user": lambda params: "deleted",
        "boom": lambda params: fail("disk failure"),
        "empty_error": lambda params: fail(""),
    }
    for name, method in methods.items():
        rpc.register(name)(method)

    @rpc.register("slow")
    async def slow(params):
        await asyncio.sleep(30)

    await asyncio.Event().wait()


async def call(rpc, topic, methods):
    await asyncio.sleep(0.5)  # nothing tells when the subscription is there
    for method in methods:
        try:
            if method == "hundred":
                answers = await asyncio.gather(*(rpc.call(topic, "echo", params=n, timeout=20) for n in range(100)))
                outcome = {"result": answers == list(range(100))}
            else:
                outcome = {"result": await rpc.call(topic, method, params={"x": [1, "é", None]}, timeout=1 if method == "slow" else 10)}
        except Exception as error:
            outcome = {"error": type(error).__name__, "text": str(error)}
        print(json.dumps({"method": method, **outcome}), flush=True)


async def main():
    client = MQTTClient(MQTTConfig(broker_host="127.0.0.1", broker_port=port, client_id=f"mqttxx-{role}"))
    await client.connect()
    while not client.is_connected:
        await asyncio.sleep(0.05)
    rpc = manager(client, f"interop/{role}")
    if role == "responder":
        await respond(rpc)
    await call(rpc, sys.argv[4], sys.argv[5:])
    await client.disconnect()


asyncio.run(main())
