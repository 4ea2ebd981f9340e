"""The exchanges that are simulated."""

from __future__ import annotations

from accesscfg.sandbox.binance import Binance
from accesscfg.sandbox.bitget import Bitget
from accesscfg.sandbox.bybit import Bybit
from accesscfg.sandbox.cryptocom import CryptoCom
from accesscfg.sandbox.kraken import Kraken
from accesscfg.sandbox.okx import Okx
from accesscfg.sandbox.simulator import Simulator
from accesscfg.sandbox.whitebit import Whitebit

SIMULATORS: dict[str, Simulator] = {
    simulator.name: simulator
    for simulator in (Binance(), Bitget(), Bybit(), CryptoCom(), Kraken(), Okx(), Whitebit())
}
COMMON_OPTIONS: dict[str, tuple[object, ...]] = {"rate_limits": (True, False)}
