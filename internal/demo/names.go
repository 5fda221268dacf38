package demo

// name is one part of a person's name: as written, and in the letters that an
// email address would use.
type name struct{ written, ascii string }

// locale is where a person's names, hometown and bio come from.
type locale struct {
	weight int // share of the people
	first  []name
	last   []name
	// towns are pairs of hometown and state or country.
	towns [][2]string
	bios  []string
}

func latin(words ...string) []name {
	names := make([]name, len(words))
	for i, word := range words {
		names[i] = name{word, asciiOf(word)}
	}
	return names
}

func pairs(words ...string) []name {
	names := make([]name, 0, len(words)/2)
	for i := 0; i < len(words); i += 2 {
		names = append(names, name{words[i], words[i+1]})
	}
	return names
}

func locales() []locale {
	return []locale{
		{22,
			latin("Grace", "James", "Olivia", "Liam", "Amelia", "Noah", "Isla", "Ethan", "Maya", "Lucas", "Ruby", "Owen", "Hannah", "Caleb", "Zoe", "Dylan", "Naomi", "Marcus", "Tessa", "Victor"),
			latin("Smith", "Johnson", "O'Brien", "Walker", "O'Neill", "Hughes", "Bennett", "Carter", "D'Angelo", "Foster", "Reed", "Griffin", "Hayes", "Morgan", "Price", "Sullivan", "Turner", "Ward", "Young", "Smith-Jones"),
			[][2]string{{"Austin", "Texas"}, {"Leeds", "United Kingdom"}, {"Portland", "Oregon"}, {"Cork", "Ireland"}, {"Perth", "Australia"}, {"Columbus", "Ohio"}},
			[]string{"Started on the night shift and never left.", "Coffee first, tickets second.\nBest reached by chat.", "\"How can I help?\" is my favourite question.", "- 5 years of billing\n- 2 years of retention", "Climbs on weekends 🧗 and answers phones on weekdays."}},
		{14,
			latin("Ana", "João", "Inês", "Rui", "Beatriz", "Tiago", "Conceição", "Luís", "Catarina", "Gonçalo", "Mariana", "Nuno", "Sofia", "André", "Leonor"),
			latin("Silva", "Santos", "Gonçalves", "Ferreira", "Araújo", "Magalhães", "Simões", "Conceição", "Mendonça", "Lourenço", "Vasconcelos", "Brandão", "Sá", "Leitão"),
			[][2]string{{"Porto", "Portugal"}, {"Braga", "Portugal"}, {"São Paulo", "Brasil"}, {"Évora", "Portugal"}, {"Belém", "Pará"}},
			[]string{"Gosta de café e de clientes felizes.", "Faz surf em Peniche.\nFala português, inglês e um pouco de alemão.", "=SUM of all good calls is what counts."}},
		{10,
			latin("Jürgen", "Änne", "Björn", "Käthe", "Günther", "Franziska", "Søren", "Åsa", "Lars", "Élodie", "François", "Chloé", "Noël", "Anaïs", "Zoé"),
			latin("Müller", "Groß", "Schröder", "Weiß", "Lindström", "Ødegård", "Lefèvre", "Dubois-Côté", "d'Ormesson", "Bäcker", "Köhler", "Hübner", "'t Hooft", "van 't Hoff", "'s-Gravesande"),
			[][2]string{{"Köln", "Deutschland"}, {"Zürich", "Schweiz"}, {"Malmö", "Sverige"}, {"Besançon", "France"}, {"'s-Gravenhage", "Nederland"}},
			[]string{"Pünktlich, freundlich, fränkisch.", "Aime les mots croisés — et les dossiers bien rangés.", "@home in three languages\t(de, fr, en)"}},
		{8,
			latin("Łukasz", "Żaneta", "Zdeněk", "Šárka", "Győző", "Zsófia", "Ștefan", "İlker", "Çağla", "Şule", "Błażej", "Ondřej"),
			latin("Wiśniewski", "Dąbrowska", "Dvořák", "Němcová", "Szőke", "Nagy", "Țepeș", "Yılmaz", "Öztürk", "Işık", "Żółć", "Říha"),
			[][2]string{{"Łódź", "Polska"}, {"Plzeň", "Česko"}, {"Győr", "Magyarország"}, {"İzmir", "Türkiye"}, {"Iași", "România"}},
			[]string{"Zażółć gęślą jaźń.", "+48 hours a month on the phone, and still smiling."}},
		{8,
			latin("Nguyễn", "Trần", "Đặng", "Phạm", "Hồng", "Thảo", "Bảo", "Khánh"),
			latin("Văn An", "Thị Bích", "Đình Phúc", "Mỹ Linh", "Quốc Bảo", "Thu Hà", "Minh Đức"),
			[][2]string{{"Đà Nẵng", "Việt Nam"}, {"Huế", "Việt Nam"}, {"Cần Thơ", "Việt Nam"}},
			[]string{"Thích trà đá và khách hàng vui vẻ."}},
		{8,
			pairs("美玲", "meiling", "伟", "wei", "秀英", "xiuying", "军", "jun", "静怡", "jingyi", "浩然", "haoran", "子涵", "zihan"),
			pairs("王", "wang", "李", "li", "张", "zhang", "刘", "liu", "欧阳", "ouyang", "司馬", "sima", "𠮷田", "yoshida"),
			[][2]string{{"上海", "中国"}, {"成都", "四川"}, {"臺北", "臺灣"}},
			[]string{"喜欢喝茶，也喜欢帮助客户。\n周末爬山。"}},
		{6,
			pairs("さくら", "sakura", "健太", "kenta", "陽子", "yoko", "大輔", "daisuke", "ユウキ", "yuki"),
			pairs("佐藤", "sato", "鈴木", "suzuki", "髙橋", "takahashi", "渡邉", "watanabe", "山﨑", "yamazaki"),
			[][2]string{{"大阪", "日本"}, {"札幌", "北海道"}},
			[]string{"お客様の笑顔が一番です。"}},
		{5,
			pairs("민준", "minjun", "서연", "seoyeon", "지훈", "jihun", "하은", "haeun"),
			pairs("김", "kim", "이", "lee", "박", "park", "최", "choi", "남궁", "namgung"),
			[][2]string{{"부산", "대한민국"}, {"서울", "대한민국"}},
			[]string{"커피와 친절한 통화를 좋아합니다."}},
		{7,
			pairs("محمد", "mohamed", "فاطمة", "fatima", "أحمد", "ahmed", "ليلى", "layla", "عائشة", "aisha", "يوسف", "youssef"),
			pairs("الهاشمي", "alhashimi", "حسن", "hassan", "النجار", "alnajjar", "العلي", "alali", "بن يوسف", "benyoussef"),
			[][2]string{{"القاهرة", "مصر"}, {"الدار البيضاء", "المغرب"}, {"عمّان", "الأردن"}},
			[]string{"أحب القهوة ومساعدة العملاء.", "رقم 1 في الدعم الفني"}},
		{3,
			pairs("נועה", "noa", "יוסף", "yosef", "תמר", "tamar", "דוד", "david"),
			pairs("כהן", "cohen", "לוי", "levi", "בן־דוד", "bendavid", "פרץ", "peretz"),
			[][2]string{{"חיפה", "ישראל"}},
			[]string{"אוהבת לעזור ללקוחות."}},
		{5,
			pairs("Ольга", "olga", "Алексей", "aleksey", "Наталья", "natalya", "Андрій", "andriy", "Соломія", "solomiya", "Ёлка", "yolka"),
			pairs("Иванова", "ivanova", "Кузнецов", "kuznetsov", "Шевченко", "shevchenko", "Ґалаґан", "galagan", "Щербак", "shcherbak"),
			[][2]string{{"Київ", "Україна"}, {"Алматы", "Қазақстан"}, {"Пловдив", "България"}},
			[]string{"Любит шахматы и порядок в очереди."}},
		{4,
			pairs("आरव", "aarav", "प्रिया", "priya", "रोहन", "rohan", "अनन्या", "ananya"),
			pairs("शर्मा", "sharma", "वर्मा", "verma", "सिंह", "singh", "पटेल", "patel"),
			[][2]string{{"जयपुर", "राजस्थान"}, {"पुणे", "महाराष्ट्र"}},
			[]string{"हर कॉल एक नई शुरुआत है।"}},
	}
}
