"""The conversation in Telegram: updates in, cards out."""
