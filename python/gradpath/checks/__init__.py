"""Is a rule of the reader's own right? Runs it beside ours, says where it parts, and which classic mistake it equals."""
