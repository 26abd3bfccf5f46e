"""From a source and the wind to concentration: forward only.

`models` names every model; `receptors` says what they share. The locator takes its kernel from `plume` directly.
"""
