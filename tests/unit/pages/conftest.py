"""The pages' server part that needs no server: its modules are imported from web/server."""

import sys

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "web" / "server"))
