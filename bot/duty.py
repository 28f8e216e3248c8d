"""Who is told, and when: the wishes of administrators and of people, each an audited event."""
