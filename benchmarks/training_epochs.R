# One lane of the training benchmark in R: trains some epochs and prints the images per second of each.
# Arguments: method, network, number of images, epochs.
suppressPackageStartupMessages(library(gradpath))

arguments <- commandArgs(trailingOnly = TRUE)
images <- as.numeric(arguments[[3]])
make <- list(tanh = tanh_network, lenet = lenet)[[arguments[[2]]]]
data <- take_data(fashion_mnist()$train, images)
table <- train_network(
  make(seed = 0), "cross_entropy", data,
  epochs = as.numeric(arguments[[4]]), batch_size = 256, method = arguments[[1]], progress = FALSE
)
cat(images / table$seconds, sep = "\n")
