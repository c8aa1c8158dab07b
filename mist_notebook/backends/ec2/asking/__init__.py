"""Questions to AWS: who asks, how they are sent, and what a refusal means."""
