"""Who may come in, and with what: accounts, tokens, keys, and which key opens which machine."""
