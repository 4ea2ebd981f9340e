"""One suite over every exchange: its provider against its simulator, over real sockets."""
