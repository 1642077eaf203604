# Where tensors live: the device names that are accepted, checked against what this machine has.

# "cpu", "cuda" or "cuda:N", as the engine's device; another name is refused, and a CUDA device that is not there.
as_device <- function(where, device) {
  if (identical(device, "cpu")) {
    return(torch_device("cpu"))
  }
  cuda <- cuda_is_available()
  known <- c("cpu:0", if (cuda) c("cuda", paste0("cuda:", seq_len(cuda_device_count()) - 1)))
  if (!one_text_of(known)(device)) {
    accepted <- paste0("cpu", if (cuda) ", cuda" else " (no CUDA device is available here)")
    refuse(where, "device", device, accepted)
  }
  torch_device(device)
}
