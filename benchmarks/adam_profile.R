# Where the time of Adam by hand on a 2-vector goes: `Rscript adam_profile.R STEPS`. Prints one line per function,
# `share name`, the five that hold most of it, by R's own sampling profiler.
suppressPackageStartupMessages(library(gradpath))

steps <- as.integer(commandArgs(trailingOnly = TRUE)[1])
samples <- tempfile()
x <- torch_ones(2, requires_grad = TRUE)
state <- list()
Rprof(samples, interval = 0.002)
for (k in seq_len(steps)) {
  value <- (x * x)$sum()
  g <- autograd_grad(value, x)[[1]]
  with_no_grad({
    step <- adam(x, g, state, lr = 1e-3)
  })
  state <- step$state
  x <- step$x$requires_grad_(TRUE)
}
Rprof(NULL)
found <- head(summaryRprof(samples)$by.self, 5)
cat(sprintf("%.0f %s\n", found$self.pct, gsub("\"", "", rownames(found))), sep = "")
