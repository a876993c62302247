"""Talking to models. Nothing here tells anybody that it is used."""

import os

# Since 1.29 onnxruntime on Linux reports each model it loads to its maker, unless this is set
# before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
