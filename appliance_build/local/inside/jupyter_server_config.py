# Jupyter in local mode: for whoever started it, on this computer alone; other users of the computer
# reach the port, so it asks for the token.
import os

c = get_config()  # noqa: F821

c.Application.log_level = "WARN"
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["JUPYTER_PORT"])
c.ServerApp.port_retries = 0
c.IdentityProvider.token = os.environ["JUPYTER_TOKEN"]
