# Data sets in memory, as tensors: Fashion-MNIST, CIFAR-10, and the small digits that come with the package.

FASHION_CLASSES <- c(
  "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"
)
CIFAR_CLASSES <- c("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR_PIXELS <- 3 * 32 * 32
DIGITS_TEST <- 360

# Samples and what they are: x (n, channels, height, width) from 0 to 1, y (n) with classes counted from 1.
as_data <- function(x, y, classes) {
  structure(list(x = x, y = y, classes = classes), class = "gradpath_data")
}

#' @export
print.gradpath_data <- function(x, ...) {
  shape <- paste(x$x$shape[-1], collapse = " x ")
  cat(x$x$shape[[1]], " samples of ", shape, ", ", length(x$classes), " classes\n", sep = "")
  invisible(x)
}

#' Data sets in memory
#'
#' Fashion-MNIST: 60,000 and 10,000 grey images of clothes, 28 by 28, in ten classes. CIFAR-10: 50,000 and 10,000
#' colour images, 32 by 32, in ten classes. The digits: 1,797 handwritten digits, 8 by 8, the first 1,437 to learn
#' from, the last 360 to test.
#'
#' @param folder Where the files are: the four IDX files of Fashion-MNIST, plain or ending in `.gz`; the six files of
#'   CIFAR-10's binary version, or the folder `cifar-10-batches-bin` with them; `digits.csv.gz`. `NULL`: the folder
#'   that the environment variable `GRADPATH_DATA` names, the user's cache, and for Fashion-MNIST the folder of
#'   Debian's package `dataset-fashion-mnist`; the digits come with the package.
#' @param download Fetch the files from the data set's address into the user's cache if they are in none of these.
#' @param dtype `"float32"` or `"float64"`, of the images.
#' @return A list of `train` and `test`, each a list of class `gradpath_data`: `x`, a tensor of shape (n, channels,
#'   height, width) from 0 to 1; `y`, an int64 tensor of n classes, counted from 1; `classes`, their names. A file
#'   that is missing, broken, or not what it should be stops with one line that names it.
#' @source Xiao, Rasul and Vollgraf (2017), Fashion-MNIST. Krizhevsky (2009), Learning Multiple Layers of Features
#'   from Tiny Images. Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
#'   Repository, \doi{10.24432/C50P49}, licensed CC BY 4.0; the test part of it, as scikit-learn hands it out.
#' @export
#' @examplesIf has_engine() && dir.exists("/usr/share/datasets/fashion-mnist")
#' fashion_mnist()$train
fashion_mnist <- function(folder = NULL, download = FALSE, dtype = "float32") {
  require_value("fashion_mnist()", "dtype", dtype)
  files <- find_fashion_mnist(folder, download)
  part <- function(name) {
    images_and_labels(
      files[[paste0(name, "-images-idx3-ubyte")]], files[[paste0(name, "-labels-idx1-ubyte")]], dtype
    )
  }
  list(train = part("train"), test = part("t10k"))
}

#' @rdname fashion_mnist
#' @export
cifar10 <- function(folder = NULL, download = FALSE, dtype = "float32") {
  require_value("cifar10()", "dtype", dtype)
  batches <- lapply(find_cifar10(folder, download), cifar_batch)
  list(train = cifar_data(batches[-length(batches)], dtype), test = cifar_data(batches[length(batches)], dtype))
}

#' @rdname fashion_mnist
#' @export
digits <- function(folder = NULL, dtype = "float32") {
  require_value("digits()", "dtype", dtype)
  file <- digits_file(folder)
  numbers <- tryCatch(
    as.matrix(utils::read.csv(text = rawToChar(gzip_content(file)), header = FALSE, colClasses = "integer")),
    warning = function(w) NULL,
    error = function(e) NULL
  )
  if (is.null(numbers) || anyNA(numbers)) {
    gradpath_stop(paste0(file, ": cannot be read; use the digits.csv.gz of scikit-learn"))
  }
  right <- identical(dim(numbers), c(1797L, 65L)) && all(numbers >= 0) && max(numbers[, -65]) <= 16 &&
    max(numbers[, 65]) <= 9
  if (!right) {
    gradpath_stop(paste0(
      file, ": has ", nrow(numbers), " rows of ", ncol(numbers), " numbers; use the digits.csv.gz of",
      " scikit-learn, 1797 rows of 65, images from 0 to 16 and labels from 0 to 9"
    ))
  }
  # Image after image, as a plain vector, which {torch} copies.
  pixels <- as.vector(t(numbers[, -65]))
  x <- torch_tensor(pixels, dtype = engine_verb(paste0("torch_", dtype))()) / 16
  whole <- as_data(x$reshape(c(-1, 1, 8, 8)), torch_tensor(numbers[, 65] + 1L), as.character(0:9))
  learnt <- nrow(numbers) - DIGITS_TEST
  list(train = data_rows(whole, 1, learnt), test = data_rows(whole, learnt + 1, DIGITS_TEST))
}

#' Parts of data
#'
#' @param data A list with `x`, `y` and `classes`, such as [digits()] gives.
#' @param n How many samples.
#' @param seed The same seed gives the same samples in both languages; the caller's random numbers are left alone.
#' @return `take_data()` gives the first `n` samples; `split_data()` a list: `train`, `n` samples drawn at random to
#'   learn from, and `validation`, the others. Asking for more than there are stops with one line.
#' @export
#' @examplesIf has_engine()
#' data <- list(x = torch_randn(10, 2), y = torch_tensor(rep(1:2, 5)), classes = c("a", "b"))
#' take_data(data, 4)$y
#' split_data(data, 8, seed = 1)$validation$y
take_data <- function(data, n) {
  check_size("take_data()", n, data$y$shape[[1]])
  data_rows(data, 1, n)
}

#' @rdname take_data
#' @export
split_data <- function(data, n, seed = 0) {
  samples <- data$y$shape[[1]]
  check_size("split_data()", n, samples - 1)
  require_value("split_data()", "seed", seed)
  before <- torch_get_rng_state()
  on.exit(torch_set_rng_state(before))
  torch_manual_seed(seed)
  order <- torch_randperm(samples, dtype = torch_int64()) + 1L
  pick <- function(index) {
    as_data(torch_index_select(data$x, 1, index), torch_index_select(data$y, 1, index), data$classes)
  }
  list(train = pick(order$narrow(1, 1, n)), validation = pick(order$narrow(1, n + 1, samples - n)))
}

check_size <- function(where, n, most) {
  if (!whole_from(1)(n) || n > most) {
    refuse(where, "n", n, sprintf("a whole number from 1 to %.15g", most))
  }
}

data_rows <- function(data, from, count) {
  as_data(data$x$narrow(1, from, count), data$y$narrow(1, from, count), data$classes)
}

images_and_labels <- function(images, labels, dtype) {
  pixels <- read_idx(images)
  classes <- read_idx(labels)
  shape <- pixels$shape
  if (length(shape) != 3 || any(shape[-1] != 28)) {
    gradpath_stop(paste0(images, ": holds numbers of shape ", show_value(as.list(shape)), "; use images of 28 by 28"))
  }
  if (length(classes$shape) != 1 || classes$shape != shape[[1]]) {
    gradpath_stop(sprintf(
      "%s: holds %d labels; use one for each of the %d images", labels, as.integer(classes$numel()),
      as.integer(shape[[1]])
    ))
  }
  largest <- as.numeric(classes$max())
  if (largest > 9) {
    gradpath_stop(sprintf("%s: holds the label %d; use labels from 0 to 9", labels, as.integer(largest)))
  }
  x <- pixels$unsqueeze(2)$to(dtype = engine_verb(paste0("torch_", dtype))()) / 255
  as_data(x, classes$to(dtype = torch_int64()) + 1L, FASHION_CLASSES)
}

# The bytes of one file: a label and the pixels of an image, again and again.
cifar_batch <- function(file) {
  refuse_unreadable(file, "use a file of the binary version of CIFAR-10")
  content <- readBin(file, "raw", file.size(file))
  size <- CIFAR_PIXELS + 1
  if (length(content) == 0 || length(content) %% size != 0) {
    gradpath_stop(sprintf(
      "%s: has %s bytes; use a whole file, %d bytes for each image", file, count_text(length(content)),
      as.integer(size)
    ))
  }
  labels <- as.integer(content[seq(1, length(content), by = size)])
  if (max(labels) > 9) {
    gradpath_stop(sprintf("%s: holds the label %d; use labels from 0 to 9", file, max(labels)))
  }
  content
}

cifar_data <- function(batches, dtype) {
  content <- do.call(c, batches)
  rows <- bytes_tensor(content, c(length(content) / (CIFAR_PIXELS + 1), CIFAR_PIXELS + 1))
  pixels <- rows$narrow(2, 2, CIFAR_PIXELS)$reshape(c(-1, 3, 32, 32))
  x <- pixels$to(dtype = engine_verb(paste0("torch_", dtype))()) / 255
  y <- rows$narrow(2, 1, 1)$reshape(-1)$to(dtype = torch_int64()) + 1L
  as_data(x, y, CIFAR_CLASSES)
}

# In a folder, or the file that comes with the package: the one of scikit-learn, see inst/COPYRIGHTS.
digits_file <- function(folder) {
  file.path(folder %||% system.file("extdata", package = "gradpath", mustWork = TRUE), "digits.csv.gz")
}
