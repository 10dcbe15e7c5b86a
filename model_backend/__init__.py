"""Documents, data formats, models and metrics: everything Proofdesk does without a window."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""onnxruntime, which PyMuPDF imports, would tell Microsoft of its use: nothing here calls out."""
