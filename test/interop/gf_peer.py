"""The real gf_mqtt_client as a peer: async|sync PORT responder TAG, or async|sync PORT caller TAG, which makes the requests that it reads as JSON from the standard input and prints what each gave, as JSON lines."""
import asyncio
import concurrent.futures
import json
import logging
import sys
import threading
import time

from gf_mqtt_client import MQTTClient, RequestHandlerBase, ResponseException, SyncMQTTClient, SyncRequestHandlerBase, TopicManager

logging.disable(logging.CRITICAL)
kind, port, role, tag = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


def answer(payload):
    """As the README has it; None: say nothing."""
    header = payload["header"]
    first, _, rest = header["path"].partition("/")
    if first == "silent":
        return None
    code, body = 404, f"no {first}"
    if first == "echo":
        code, body = 205, {name: header.get(name) for name in ("method", "token", "correlation_id", "source")} | {"body": payload.get("body")}
    elif first == "code":
        code, body = int(rest), f"because {rest}"
    return {
        "header": {
            "response_code": code,
            "path": header["path"],
            "request_id": header["request_id"],
            "correlation_id": header.get("correlation_id"),
        },
        "body": body,
        "timestamp": str(int(time.time() * 1000)),
    }


def outcome(request, response=None, error=None):
    about = {"path": request["path"], "method": request["method"]}
    if error is None:
        header = response["header"]
        return about | {"code": header["response_code"], "body": response["body"]}
    detail = {"code": error.response_code, "detail": error.detail} if isinstance(error, ResponseException) else {"detail": str(error)}
    return about | {"error": type(error).__name__} | detail


def arguments(request):
    return dict(
        target_device_tag=tag,
        subsystem=request["subsystem"],
        path=request["path"],
        method=request["method"],
        value=request.get("body"),
        timeout=request.get("timeout", 20),
    )


async def run_async():
    async def respond(client, topic, payload):
        response = answer(payload)
        if response is not None:
            await client.publish(TopicManager().build_response_topic(request_topic=topic), response)
        return response

    client = MQTTClient("127.0.0.1", port=port, identifier=tag if role == "responder" else "gf-caller")
    if role == "responder":
        await client.add_message_handler(RequestHandlerBase(process=respond, propagate=False))
    await client.connect()
    if role == "responder":
        await asyncio.Event().wait()

    async def ask(request):
        try:
            return outcome(request, response=await client.request(**arguments(request)))
        except Exception as error:
            return outcome(request, error=error)

    for batch in json.load(sys.stdin):
        for line in await asyncio.gather(*(ask(request) for request in batch)):
            print(json.dumps(line), flush=True)
    await client.disconnect()


def run_sync():
    def respond(client, topic, payload):
        response = answer(payload)
        if response is not None:
            client.publish(TopicManager().build_response_topic(request_topic=topic), response, wait=False)
        return response

    client = SyncMQTTClient("127.0.0.1", port=port, identifier=tag if role == "responder" else "gf-caller")
    if role == "responder":
        client.add_message_handler(SyncRequestHandlerBase(process=respond, propagate=False))
    client.connect()
    if role == "responder":
        threading.Event().wait()

    def ask(request):
        try:
            return outcome(request, response=client.request(**arguments(request)))
        except Exception as error:
            return outcome(request, error=error)

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        for batch in json.load(sys.stdin):
            for line in pool.map(ask, batch):
                print(json.dumps(line), flush=True)
    client.disconnect()


asyncio.run(run_async()) if kind == "async" else run_sync()
