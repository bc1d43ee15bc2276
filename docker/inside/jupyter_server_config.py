# Jupyter in a container: whoever runs it may publish its port, so it asks for the token.
import os

c = get_config()  # noqa: F821

c.Application.log_level = "WARN"  # the address stays the last line of the log
c.ServerApp.ip = "0.0.0.0"  # of the container; the host's side is `docker run -p`
c.ServerApp.port = int(os.environ["JUPYTER_PORT"])
c.ServerApp.port_retries = 0
c.ServerApp.allow_remote_access = True
c.AsyncIOLoopKernelManager.restarter_class = "workshop_start.kernels.Restarter"
c.IdentityProvider.token = os.environ["JUPYTER_TOKEN"]
