"""The terminal UI of accesscfg: a Textual app that talks only to `accesscfg.workspace`.

A placeholder that holds the name: no screen exists yet, and no command offers one.
"""
