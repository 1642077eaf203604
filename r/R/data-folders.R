# Finds the files of data sets on this machine, and downloads them where that is asked for.

DEBIAN_FASHION <- "/usr/share/datasets/fashion-mnist"
FASHION_ADDRESS <- "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
# MD5 as the data set's README states them. Debian compresses the same files anew, so its bytes are others.
FASHION_FILES <- c(
  "train-images-idx3-ubyte" = "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
  "train-labels-idx1-ubyte" = "25c81989df183df01b3e8a0aad5dffbe",
  "t10k-images-idx3-ubyte" = "bef4ecab320f06d8554ea6380940ec79",
  "t10k-labels-idx1-ubyte" = "bb300cfdad3c16e7a12a480ee83cd310"
)
CIFAR_ADDRESS <- "https://www.cs.toronto.edu/~kriz/"
CIFAR_ARCHIVE <- c("cifar-10-binary.tar.gz" = "c32a1d4ab5d03f1284b67883e8d87530")
CIFAR_FOLDER <- "cifar-10-batches-bin"
CIFAR_FILES <- c(paste0("data_batch_", 1:5, ".bin"), "test_batch.bin")

# The folder in the user's cache where a data set is kept once it has been downloaded.
cache_folder <- function(name) {
  cache <- Sys.getenv("XDG_CACHE_HOME")
  file.path(if (nzchar(cache)) cache else path.expand(file.path("~", ".cache")), "gradpath", name)
}

# The four files by name, from the first place that has one of them.
find_fashion_mnist <- function(folder = NULL, download = FALSE) {
  for (place in dataset_places(folder, "fashion-mnist", DEBIAN_FASHION)) {
    files <- stats::setNames(lapply(file.path(place, names(FASHION_FILES)), plain_or_packed), names(FASHION_FILES))
    there <- !vapply(files, is.null, TRUE)
    if (all(there)) {
      return(files)
    }
    if (!is.null(folder) || any(there)) {
      missing <- file.path(place, names(files)[!there][[1]])
      gradpath_stop(paste0(missing, ": is missing; use a folder with the four files of Fashion-MNIST"))
    }
  }
  if (download) {
    found <- lapply(names(FASHION_FILES), function(name) {
      download_file(paste0(FASHION_ADDRESS, name, ".gz"), FASHION_FILES[[name]], cache_folder("fashion-mnist"))
    })
    return(stats::setNames(found, names(FASHION_FILES)))
  }
  gradpath_stop(paste0(
    "fashion_mnist(): the data set is not on this machine; on Debian: apt-get install dataset-fashion-mnist;",
    " elsewhere use download = true, or a folder with its four files"
  ))
}

# The five training files and the test file of the binary version.
find_cifar10 <- function(folder = NULL, download = FALSE) {
  for (place in dataset_places(folder, "cifar-10", NULL)) {
    inside <- file.path(place, CIFAR_FOLDER)
    if (!dir.exists(inside)) inside <- place
    files <- file.path(inside, CIFAR_FILES)
    there <- file.exists(files) & !dir.exists(files)
    if (all(there)) {
      return(file.path(inside, CIFAR_FILES))
    }
    if (!is.null(folder) || any(there)) {
      missing <- file.path(inside, CIFAR_FILES[!there][[1]])
      gradpath_stop(paste0(missing, ": is missing; use a folder with the six files of CIFAR-10's binary version"))
    }
  }
  if (download) {
    address <- paste0(CIFAR_ADDRESS, names(CIFAR_ARCHIVE))
    archive <- download_file(address, CIFAR_ARCHIVE[[1]], cache_folder("cifar-10"))
    # Only these names, so that nothing is written elsewhere.
    utils::untar(archive, files = file.path(CIFAR_FOLDER, CIFAR_FILES), exdir = dirname(archive))
    return(find_cifar10(dirname(archive)))
  }
  gradpath_stop(paste0(
    "cifar10(): the data set is not on this machine; use download = true, or a folder with the six files of its",
    " binary version"
  ))
}

dataset_places <- function(folder, name, more) {
  if (!is.null(folder)) {
    return(folder)
  }
  named <- Sys.getenv("GRADPATH_DATA")
  own <- if (nzchar(named)) if (dir.exists(file.path(named, name))) file.path(named, name) else named
  c(own, cache_folder(name), more)
}

plain_or_packed <- function(file) {
  for (candidate in c(file, paste0(file, ".gz"))) {
    if (file.exists(candidate) && !dir.exists(candidate)) {
      return(candidate)
    }
  }
}

# Downloads to a temporary name and renames it once the checksum is right.
download_file <- function(address, md5, folder) {
  target <- file.path(folder, basename(address))
  if (file.exists(target) && tools::md5sum(target) == md5) {
    return(target)
  }
  dir.create(folder, showWarnings = FALSE, recursive = TRUE)
  temporary <- tempfile(".download-", folder)
  on.exit(unlink(temporary))
  failed <- function(problem) {
    reason <- strsplit(conditionMessage(problem), "\n")[[1]][[1]]
    gradpath_stop(paste0(address, ": cannot be downloaded: ", reason, "; get the file another way"))
  }
  tryCatch(
    {
      utils::download.file(address, temporary, mode = "wb", quiet = TRUE)
      found <- tools::md5sum(temporary)[[1]]
      if (found != md5) stop("its MD5 is ", found, " where ", md5, " was expected", call. = FALSE)
    },
    warning = failed,
    error = failed
  )
  file.rename(temporary, target)
  target
}
