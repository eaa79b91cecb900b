"""Extensions that other people's bots load by name."""
