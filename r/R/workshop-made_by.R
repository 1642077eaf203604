# What computes on this machine, as the records above the tables name it: language, engine and device.
made_by <- function(device = "cpu") {
  engine <- engine_info()
  list(
    language = paste0("R ", R.version$major, ".", R.version$minor),
    engine = paste(engine$name, engine$version),
    device = device
  )
}
