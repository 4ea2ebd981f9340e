"""What is shown where the window is too small for anything else."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Cover(Widget):
    """Lies over everything on its screen; the app lets no key through meanwhile."""

    DEFAULT_CSS = """
    Cover {
        layer: cover; dock: top; width: 100%; height: 100%; content-align: center middle; text-align: center;
        background: $background; color: $foreground;
    }
    """

    def __init__(self, smallest: tuple[int, int]) -> None:
        super().__init__()
        self._smallest = smallest

    def render(self) -> Content:
        """How large it has to be."""
        width, height = self._smallest
        return Content(f"too small\nat least {width} x {height}\nctrl+q quits")
