// Package photo makes the small square picture of a person out of whatever a
// camera or a program has saved. What comes out is always a new JPEG: nothing of
// the file's own bytes is kept, so neither are the place where it was taken and
// whatever else was hidden in it.
package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"teamsheet/internal/fault"
)

const (
	// MaxBytes is how large a file may be.
	MaxBytes = 10 << 20
	// MaxPixels is how many pixels a picture may have, by what its header says:
	// decoding takes up to 16 bytes of memory for each of them.
	MaxPixels = 25_000_000
	// Side is the width and height, in pixels, of what Make returns; a picture that
	// is smaller stays so.
	Side = 256
	// ContentType of what Make returns.
	ContentType = "image/jpeg"

	quality = 85
)

// format is a kind of picture that can be read.
type format struct {
	begins func([]byte) bool
	config func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
	exif   func([]byte) []byte // the TIFF structure with the orientation, nil: none
}

func formats() []format {
	return []format{
		{prefixed("\xff\xd8\xff"), whole(jpeg.DecodeConfig), whole(jpeg.Decode), jpegExif},
		{prefixed("\x89PNG\r\n\x1a\n"), whole(png.DecodeConfig), whole(png.Decode), pngExif},
		{func(b []byte) bool { return prefixed("GIF87a")(b) || prefixed("GIF89a")(b) }, whole(gif.DecodeConfig), whole(gif.Decode), noExif},
		{isWebP, webpConfig, whole(webp.Decode), webpExif},
	}
}

func prefixed(magic string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }
}

// Make reads a JPEG, PNG, GIF (of an animation the first picture) or WebP, turns
// it the way its camera says, crops it to a square around its middle and scales it
// to Side. Transparent parts become white.
//
// Faults, each with a sentence for the person: fault.Unsupported "photo-format",
// fault.TooLarge "photo-too-large" and "photo-too-many-pixels" (nothing has been
// decoded then), fault.Rejected "photo-broken".
func Make(file []byte) ([]byte, error) {
	if len(file) > MaxBytes {
		return nil, TooLarge()
	}
	f, err := formatOf(file)
	if err != nil {
		return nil, err
	}
	config, err := f.config(file)
	if err != nil {
		return nil, broken(err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, broken(fmt.Errorf("%d by %d pixels", config.Width, config.Height))
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, fault.Newf(fault.TooLarge, "photo-too-many-pixels",
			"This picture has %d by %d pixels; it can have at most %d million in all. Make it smaller, then upload it again.",
			config.Width, config.Height, MaxPixels/1_000_000)
	}
	picture, err := f.decode(file)
	if err != nil {
		return nil, broken(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned(square(picture), orientation(f.exif(file))), &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write photo: %w", err)
	}
	return out.Bytes(), nil
}

// TooLarge is what Make says of a file of more than MaxBytes.
func TooLarge() error {
	return fault.Newf(fault.TooLarge, "photo-too-large",
		"This file is larger than %d MiB, which is the most that a photo can be. Make the picture smaller, then upload it again.", MaxBytes>>20)
}

func broken(err error) error {
	return fault.Wrap(err, fault.Rejected, "photo-broken",
		"This picture cannot be read: the file is damaged or incomplete. Save it again as JPEG or PNG, then upload that file.")
}

func formatOf(file []byte) (format, error) {
	for _, f := range formats() {
		if f.begins(file) {
			return f, nil
		}
	}
	return format{}, fault.Newf(fault.Unsupported, "photo-format",
		"%s. A photo has to be a JPEG, PNG, GIF or WebP. Save the picture as one of these, then upload that file.", kind(file))
}

// kind says in words what a file is that cannot be read.
func kind(file []byte) string {
	for _, known := range []struct{ at, magic, words string }{
		{"....", "ftyphei", "This is a HEIC picture"}, {"....", "ftypmif", "This is a HEIC picture"}, {"....", "ftypavif", "This is an AVIF picture"},
		{"", "%PDF", "This is a PDF document"}, {"", "BM", "This is a BMP picture"}, {"", "II*\x00", "This is a TIFF picture"},
		{"", "MM\x00*", "This is a TIFF picture"}, {"", "<svg", "This is an SVG drawing"}, {"", "<?xml", "This is an SVG drawing or another XML file"},
	} {
		if len(file) > len(known.at) && prefixed(known.magic)(file[len(known.at):]) {
			return known.words
		}
	}
	if len(file) == 0 {
		return "This file is empty"
	}
	return "This file is not a picture that can be shown here"
}

// square crops to the middle and scales, on white.
func square(picture image.Image) *image.RGBA {
	b := picture.Bounds()
	side := min(b.Dx(), b.Dy())
	from := image.Rect(0, 0, side, side).Add(image.Pt(b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2))
	out := image.NewRGBA(image.Rect(0, 0, min(side, Side), min(side, Side)))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, out.Bounds(), picture, from, draw.Over, nil)
	return out
}

// turned brings a square picture upright: orientation is one of the eight of the
// Exif standard (CIPA DC-008, "Orientation").
func turned(in *image.RGBA, orientation int) *image.RGBA {
	last := in.Bounds().Dx() - 1
	var at func(x, y int) (int, int) // where the pixel comes from
	switch orientation {
	case 2:
		at = func(x, y int) (int, int) { return last - x, y }
	case 3:
		at = func(x, y int) (int, int) { return last - x, last - y }
	case 4:
		at = func(x, y int) (int, int) { return x, last - y }
	case 5:
		at = func(x, y int) (int, int) { return y, x }
	case 6:
		at = func(x, y int) (int, int) { return y, last - x }
	case 7:
		at = func(x, y int) (int, int) { return last - y, last - x }
	case 8:
		at = func(x, y int) (int, int) { return last - y, x }
	default:
		return in
	}
	out := image.NewRGBA(in.Bounds())
	for y := range last + 1 {
		for x := range last + 1 {
			fromX, fromY := at(x, y)
			out.SetRGBA(x, y, in.RGBAAt(fromX, fromY))
		}
	}
	return out
}
