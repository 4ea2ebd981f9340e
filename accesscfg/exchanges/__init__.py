"""The exchanges: one folder a provider (its facts in `profile.yaml`, its wire code), and the client they share."""

from __future__ import annotations

import sys

# httpx imports its own command line where rich is installed, which takes as long as all the rest of it (0.28); nothing
# of it is wanted here. As the import system documents, None in its place stands for a module that is not there.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
