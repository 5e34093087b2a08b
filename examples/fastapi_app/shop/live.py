"""The WebSocket on which orders are watched."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, WebSocket, WebSocketDisconnect, WebSocketException, status
from pydantic import BaseModel, TypeAdapter, ValidationError

from .accounts import claims_of

router = APIRouter()


class Ask(BaseModel):
    """What a client may say."""

    add: list[int]
    comment: str = ""


ASK = TypeAdapter(Ask)


class Watchers:
    """All who are connected."""

    def __init__(self):
        self.sockets = set()

    async def tell(self, what):
        for socket in list(self.sockets):
            await socket.send_json(what)

    async def close(self):
        for socket in list(self.sockets):
            await socket.close(status.WS_1001_GOING_AWAY)


async def watcher(token: Annotated[str, Query()]) -> str:
    claims = claims_of(token)
    if claims is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION, "The token is not valid.")
    return claims["sub"]


@router.websocket("/live")
async def live(socket: WebSocket, name: Annotated[str, Depends(watcher)]):
    watchers = socket.app.state.watchers
    await socket.accept()
    await socket.send_json({"event": "welcome", "name": name})
    watchers.sockets.add(socket)
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("bytes") is not None:
                await socket.send_bytes(message["bytes"][::-1])
            elif message["text"] == "bye":
                await socket.close(4000, "as you like")
                break
            else:
                await answer(socket, message["text"])
    except WebSocketDisconnect:
        pass
    finally:
        watchers.sockets.discard(socket)


async def answer(socket, text):
    try:
        ask = ASK.validate_json(text)
    except ValidationError as error:
        await socket.send_json({"event": "error", "errors": error.errors(include_url=False)})
    else:
        await socket.send_json({"event": "sum", "sum": sum(ask.add), "comment": ask.comment})
