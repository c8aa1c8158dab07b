"""From a typed line to a command to what the cell shows: the line, its options, help, completion, `commands/`.

Stands on `fleet` and `client`; widgets are imported by the commands that show one, when asked.
"""
