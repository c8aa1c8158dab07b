"""The key of a form's machine: a new one, one of this computer, or a public half that a person pastes."""
