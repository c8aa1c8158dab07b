"""What is apart from the test command, as it installs for a minute: run by `make prism` and `make openstack`."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("MIST_APART") else ["test_*.py"]
