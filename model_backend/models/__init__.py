"""Networks of torch, one file each; imported only in the model process. None asks the hub."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before transformers is imported, anywhere below
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
