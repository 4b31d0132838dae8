"""Nothing here is a test: `scripts/test-gpu-emulated` starts what is."""

collect_ignore_glob = ["*.py"]
