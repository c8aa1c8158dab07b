"""What every room of the sandbox uses: its store, its refusals, what a request asks, and faults on cue."""
