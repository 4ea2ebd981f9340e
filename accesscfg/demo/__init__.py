"""A throw-away workspace and its sandbox: to play on, or for the whole story.

In the story drift is found, removed by API and by guides, and the rest attested.
"""

from accesscfg.demo.practice import Practice, practice
from accesscfg.demo.stage import how_to_go_on
from accesscfg.demo.story import run

__all__ = ["Practice", "how_to_go_on", "practice", "run"]
