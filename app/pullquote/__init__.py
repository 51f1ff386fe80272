"""Ask a policy debate; read the answer in the sources' own words."""

import os

__version__ = "0.1.0"

# onnxruntime's and the hub's own reports of who runs what: nothing here is sent to anybody. Each is read when its
# library is first imported, so it is said before any can be.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
