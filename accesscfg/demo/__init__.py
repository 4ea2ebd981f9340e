"""The whole story on a throw-away workspace and a sandbox: drift is found, removed by API and by guides, the rest
attested.
"""

from accesscfg.demo.story import run

__all__ = ["run"]
