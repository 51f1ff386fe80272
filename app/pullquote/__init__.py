"""Ask a policy debate; read the answer in the sources' own words."""

import os

__version__ = "0.1.0"

# Nothing here is sent to anybody; each is read when its library is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
