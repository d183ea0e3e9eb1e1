"""Pictures: one way to open them for eye and model alike, what a scan of a folder finds, thumbnails, overlays.

Here lives everything that touches the bytes of an image file. It may import `domain`, numpy and Pillow, and never
torch or Qt: the window, the reader and the network must see the very same pixels, so a photo is decoded (scaled,
upright by EXIF, sRGB) in `read` alone.

Rejected: OpenCV, simplejpeg and torchvision's decoders (10 to 20 % faster than Pillow's scaled decode on small
photos, each a dependency or at its end of life); QImageReader (Qt is the window's alone); one file or one SQLite row
per thumbnail (slower to write, no quicker to read than a pack); a decompression limit by Pillow's global warning
(threads cannot catch warnings one by one, so `read` measures itself).
"""
