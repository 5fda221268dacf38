package mailer

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"text/template"

	"github.com/wneessen/go-mail"
)

//go:embed templates/report.txt templates/report.html
var templates embed.FS

// render writes both forms of the report into the message. They are parsed for
// each mail: mails are few, and nothing is kept between them.
func render(message *mail.Msg, r *report) error {
	plain, err := template.ParseFS(templates, "templates/report.txt")
	if err != nil {
		return fmt.Errorf("parse mail text: %w", err)
	}
	var text strings.Builder
	if err := plain.Execute(&text, r); err != nil {
		return fmt.Errorf("render mail text: %w", err)
	}
	message.SetBodyString(mail.TypeTextPlain, text.String())
	rich, err := htmltemplate.ParseFS(templates, "templates/report.html")
	if err != nil {
		return fmt.Errorf("parse mail page: %w", err)
	}
	if err := message.AddAlternativeHTMLTemplate(rich, r); err != nil {
		return fmt.Errorf("render mail page: %w", err)
	}
	return nil
}
