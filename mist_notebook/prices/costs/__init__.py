"""What a machine costs in one currency and over a month, with what it needs beside its size."""
