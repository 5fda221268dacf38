package photo

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"teamsheet/internal/fault"
)

// quarters is a picture whose quarters are red, green, blue and white, read like a
// text.
func quarters(width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, c := range []color.RGBA{red, green, blue, white} {
		at := image.Pt(i%2*width/2, i/2*height/2)
		draw.Draw(out, image.Rectangle{at, at.Add(image.Pt(width/2, height/2))}, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return out
}

var (
	red   = color.RGBA{255, 0, 0, 255}
	green = color.RGBA{0, 255, 0, 255}
	blue  = color.RGBA{0, 0, 255, 255}
	white = color.RGBA{255, 255, 255, 255}
)

func asJPEG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// asGIF is an animation of a red picture and then a blue one.
func asGIF(t testing.TB) []byte {
	t.Helper()
	all := &gif.GIF{Delay: []int{9, 9}}
	for _, c := range []color.RGBA{red, blue} {
		frame := image.NewPaletted(image.Rect(0, 0, 30, 30), palette.Plan9)
		draw.Draw(frame, frame.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
		all.Image = append(all.Image, frame)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, all); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A pixel each, lossless and lossy.
func asWebP(t testing.TB, lossy bool) []byte {
	t.Helper()
	text := "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
	if lossy {
		text = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	}
	file, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// exif is a TIFF structure with an orientation.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	magic := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		magic = "MM"
	}
	out := order.AppendUint32(order.AppendUint16([]byte(magic), 42), 8)
	out = order.AppendUint16(out, 2)
	out = append(out, make([]byte, 12)...) // another tag
	out = order.AppendUint16(order.AppendUint16(out, 0x0112), 3)
	out = order.AppendUint16(order.AppendUint32(out, 1), orientation)
	return append(out, 0, 0)
}

// withExif puts Exif into a JPEG, behind another segment.
func withExif(file, tiff []byte) []byte {
	segment := func(marker byte, content []byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...)
	}
	out := append([]byte{0xff, 0xd8}, segment(0xe0, []byte("JFIF\x00secret"))...)
	out = append(out, segment(0xe1, append([]byte("Exif\x00\x00"), tiff...))...)
	return append(out, file[2:]...)
}

func chunk(name string, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	out = append(append(out, name...), content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngHead is a PNG of a size that has nothing but its header.
func pngHead(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 6, 0, 0, 0))...)
}

func made(t testing.TB, file []byte) image.Image {
	t.Helper()
	out, err := Make(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// near reports whether a pixel has about a colour; JPEG changes them a little.
func near(got color.Color, want color.RGBA) bool {
	r, g, b, _ := got.RGBA()
	close := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) < 40 }
	return close(r, want.R) && close(g, want.G) && close(b, want.B)
}

func wantQuarters(t *testing.T, picture image.Image, want [4]color.RGBA) {
	t.Helper()
	side := picture.Bounds().Dx()
	for i, c := range want {
		x, y := side/4+i%2*side/2, side/4+i/2*side/2
		if got := picture.At(x, y); !near(got, c) {
			t.Errorf("quarter %d is %v, want %v", i, got, c)
		}
	}
}

func TestMakeTurnsAndCrops(t *testing.T) {
	t.Parallel()
	upright := [4]color.RGBA{red, green, blue, white}
	for orientation, want := range map[uint16][4]color.RGBA{
		0: upright, 1: upright, 9: upright, 2: {green, red, white, blue}, 3: {white, blue, green, red}, 4: {blue, white, red, green},
		5: {red, blue, green, white}, 6: {blue, red, white, green}, 7: {white, green, blue, red}, 8: {green, white, red, blue},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			tiff := exif(order, orientation)
			wantQuarters(t, made(t, withExif(asJPEG(t, quarters(80, 50)), tiff)), want)
			file := asPNG(t, quarters(30, 70))
			wantQuarters(t, made(t, append(append(bytes.Clone(file[:33]), chunk("eXIf", tiff)...), file[33:]...)), want)
		}
	}
}

func TestMakeScales(t *testing.T) {
	t.Parallel()
	for size, want := range map[image.Point]int{{600, 300}: Side, {256, 256}: 256, {40, 90}: 40, {1, 1}: 1, {5000, 3}: 3} {
		if got := made(t, asPNG(t, quarters(size.X, size.Y))).Bounds(); got != image.Rect(0, 0, want, want) {
			t.Errorf("%v becomes %v", size, got)
		}
	}
}

func TestMakeOfEveryFormat(t *testing.T) {
	t.Parallel()
	plain := image.NewRGBA(image.Rect(0, 0, 20, 20))
	draw.Draw(plain, plain.Bounds(), image.NewUniform(red), image.Point{}, draw.Src)
	for name, test := range map[string]struct {
		file []byte
		want color.RGBA
	}{
		"JPEG": {asJPEG(t, plain), red}, "PNG": {asPNG(t, plain), red},
		"a PNG that is transparent":      {asPNG(t, image.NewNRGBA(image.Rect(0, 0, 20, 20))), white},
		"the first picture of a GIF":     {asGIF(t), red},
		"lossless WebP of a clear pixel": {asWebP(t, false), white},
	} {
		if got := made(t, test.file).At(0, 0); !near(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	made(t, asWebP(t, true))
}

func TestMakeKeepsNothingOfTheFile(t *testing.T) {
	t.Parallel()
	out, err := Make(withExif(asJPEG(t, quarters(64, 64)), exif(binary.BigEndian, 6)))
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"Exif", "secret", "JFIF"} {
		if bytes.Contains(out, []byte(hidden)) {
			t.Errorf("the photo holds %q", hidden)
		}
	}
}

// A header that promises more pixels than there may be is all that is looked at: a
// file without any pixels gets this far.
func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	huge := asWebP(t, true)
	copy(huge[26:], "\xff\x3f\xff\x3f") // the frame's own size
	canvas := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	lying := append(canvas, huge[12:]...)
	binary.LittleEndian.PutUint32(lying[4:], uint32(len(lying)-8))
	for name, test := range map[string]struct {
		file []byte
		code string
		says string
	}{
		"too many bytes":             {make([]byte, MaxBytes+1), "photo-too-large", "10 MiB"},
		"100,000 by 100,000":         {pngHead(100_000, 100_000), "photo-too-many-pixels", "100000 by 100000"},
		"a GIF of 65,535 by 65,535":  {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), "photo-too-many-pixels", "65535"},
		"a huge WebP frame":          {huge, "photo-too-many-pixels", "16383"},
		"a huge frame, small canvas": {lying, "photo-too-many-pixels", "16383"},
		"a header alone":             {pngHead(100, 100), "photo-broken", "damaged"},
		"a PNG without size":         {pngHead(0, 100), "photo-broken", "damaged"},
		"half a JPEG":                {asJPEG(t, quarters(300, 300))[:900], "photo-broken", "damaged"},
		"the beginning of a WebP":    {asWebP(t, true)[:20], "photo-broken", "damaged"},
		"nothing":                    {nil, "photo-format", "empty"},
		"a phone's own format":       {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "photo-format", "HEIC"},
		"a drawing":                  {[]byte("<svg xmlns='http://www.w3.org/2000/svg'>"), "photo-format", "SVG"},
		"a web page in a disguise":   {[]byte("<script>alert(1)</script>"), "photo-format", "JPEG, PNG, GIF or WebP"},
	} {
		out, err := Make(test.file)
		if out != nil || fault.CodeOf(err) != test.code || !strings.Contains(message(err), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func message(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Message
	}
	return ""
}

func FuzzMake(f *testing.F) {
	for _, file := range [][]byte{asJPEG(f, quarters(8, 8)), withExif(asJPEG(f, quarters(9, 5)), exif(binary.LittleEndian, 5)), asPNG(f, quarters(5, 9)),
		asGIF(f), asWebP(f, true), asWebP(f, false), pngHead(9, 9), []byte("RIFF\x00\x00\x00\x00WEBPEXIF\xff\xff\xff\xff")} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		out, err := Make(file)
		if err != nil {
			if message(err) == "" {
				t.Errorf("%v has nothing to say to the person", err)
			}
			return
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(out))
		if err != nil || config.Width != config.Height || config.Width > Side {
			t.Errorf("%+v, %v", config, err)
		}
	})
}
