"""Updates of the machine, as the landing page asks for them; the `workshop` command does it all."""

import json
import re
import tempfile

from tornado import web

from .api import WorkshopHandler

ACTIONS = ("rollback", "restart")
NOT_DONE = "Nothing was changed"


@web.stream_request_body
class UpdateHandler(WorkshopHandler):
    """GET: how things are, null where there is no machine. POST: take in the update in the body."""

    async def prepare(self) -> None:
        """After Jupyter's own checks, of login and XSRF: make room for what comes."""
        await super().prepare()
        if not self.current_user:
            raise web.HTTPError(403)
        self.file = tempfile.NamedTemporaryFile(suffix=".update")  # noqa: SIM115  see on_finish

    def data_received(self, chunk: bytes) -> None:
        """A piece of the body: it may be larger than the memory."""
        self.file.write(chunk)

    def on_finish(self) -> None:
        """The file goes with the request."""
        if hasattr(self, "file"):
            self.file.close()
        super().on_finish()

    @web.authenticated
    async def get(self) -> None:
        """Where the command does not know, as in a container, nobody needs to."""
        try:
            said = await self.run("", "update", "--json")
        except web.HTTPError:
            said = ["null"]
        self.finish("".join(said))

    @web.authenticated
    async def post(self) -> None:
        """Answers with what the command says."""
        self.file.flush()
        said = await self.run(NOT_DONE, "update", self.file.name)
        self.finish(json.dumps({"said": said}))


class AddressHandler(WorkshopHandler):
    """POST {"address": URL}: fetch an update and take it in."""

    @web.authenticated
    async def post(self) -> None:
        """Answers with what the command says."""
        body = self.get_json_body()
        address = body.get("address") if isinstance(body, dict) else None
        if not (isinstance(address, str) and re.match(r"https?://", address)):
            raise web.HTTPError(400, "A web address begins with http:// or https://.")
        self.finish(json.dumps({"said": await self.run(NOT_DONE, "update", address)}))


class ActionHandler(WorkshopHandler):
    """POST: undo the last update, or restart the machine."""

    @web.authenticated
    async def post(self, action: str) -> None:
        """Answers with what the command says."""
        self.finish(json.dumps({"said": await self.run(NOT_DONE, action)}))
