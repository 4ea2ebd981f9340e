"""What `make bench` compares the terminal UI with: the smallest Textual app that shows a tree of 600 nodes."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Tree

GROUPS, LEAVES = 60, 9  # each group is a node too


class BareTree(App[None]):
    """One tree, unfolded."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012 (Textual's own form)

    def compose(self) -> ComposeResult:
        """The tree."""
        tree: Tree[None] = Tree("root")
        tree.root.expand()
        for number in range(GROUPS):
            group = tree.root.add(f"group {number}", expand=True)
            for leaf in range(LEAVES):
                group.add_leaf(f"leaf {number}-{leaf}")
        yield tree

    def on_mount(self) -> None:
        """Let its keys work."""
        self.query_one(Tree).focus()


if __name__ == "__main__":
    BareTree().run()
