"""Says why a kernel died when Linux ended it for want of memory; Jupyter itself only says that
it died."""

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter

from . import machine, say


class Restarter(AsyncIOLoopKernelRestarter):
    """Jupyter's own, which also looks at the container's counter of such ends."""

    seen = machine.kills()

    def _fire_callbacks(self, event: object) -> None:
        kills, Restarter.seen = machine.kills() - Restarter.seen, machine.kills()
        if event == "restart" and kills:
            limit = machine.memory_limit() // machine.MIB
            room = f"this container may use {limit} MB" if limit else "this computer has too little"
            say(
                f"memory   a kernel was killed for want of memory: {room}; shut down what is not "
                "needed, or start with more: --memory 4g"
            )
        super()._fire_callbacks(event)
