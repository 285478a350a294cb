"""Invocations, whoever asks for them: synchronous, asynchronous, by other services, of code that is not Python."""
