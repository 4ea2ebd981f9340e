"""A world: the accounts and keys on every simulated exchange, with the clock, the faults and the log around
them.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Venue
from accesscfg.sandbox.clock import Clock
from accesscfg.sandbox.faults import Faults
from accesscfg.sandbox.log import Log
from accesscfg.sandbox.worldfile import WorldError, WorldReader, parse, show_venue


class World:
    """Made with `from_yaml`. Whoever reads or changes it while a server runs holds `lock`."""

    def __init__(self, venues: Mapping[str, Venue], rng: random.Random) -> None:
        self.venues = dict(venues)
        self.random = rng
        self.clock = Clock()
        self.faults = Faults()
        self.log = Log()
        self.lock = threading.RLock()

    @classmethod
    def from_yaml(cls, source: str | Mapping[str, object]) -> World:
        """The world that YAML text, or the mapping in it, describes; see docs/sandbox.md.

        Raises WorldError, which names the place and what is wrong there.
        """
        node = parse(source)
        fields = node.fields("exchanges", "seed")
        seed = fields["seed"].value if "seed" in fields else None
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
            raise fields["seed"].fail("must be a whole number")
        # a seed is for repeatable tests; the secrets made with it open nothing but this world
        rng: random.Random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        reader = WorldReader(rng, Clock().now_ms())
        return cls(reader.venues(fields.get("exchanges")), rng)

    def state(self) -> dict[str, object]:
        """The world as it is now, in the form of its file, without any secret."""
        with self.lock:
            return {"exchanges": {name: show_venue(venue) for name, venue in self.venues.items()}}

    def requests(self) -> list[dict[str, object]]:
        """The requests received so far, each with the fields of `log.Entry`."""
        with self.lock:
            return self.log.as_json()


__all__ = ["World", "WorldError"]
