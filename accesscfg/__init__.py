"""Access configuration as code for crypto exchanges.

Library users start at `accesscfg.workspace`; everything else here is reached through it.
"""

__version__ = "0.1.0"
