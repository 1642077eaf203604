"""Is a rule of the reader's own right? Runs it beside ours, says where they part, and which mistake it equals."""
