package office

// look is the name of a paragraph's style in docx/styles.xml and in
// odt/styles.xml. The names are those that the programs know.
type look struct{ docx, odt string }

var looks = map[Style]look{
	Normal:   {"", "Text_20_body"},
	Title:    {"Title", "Title"},
	Subtitle: {"Subtitle", "Subtitle"},
	Lead:     {"Lead", "Lead"},
	Note:     {"Note", "Note"},
	Quote:    {"Quote", "Quotations"},
	Code:     {"Code", "Preformatted_20_Text"},
	SignHere: {"SignHere", "Sign_20_here"},
}
