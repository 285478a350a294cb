"""The programs that processes run: they belong to the functions' interpreters and are never imported here."""
