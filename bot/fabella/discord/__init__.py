"""Fabella in Discord: commands, mentions and buttons over the answer engine. Needs the extra `discord`."""
