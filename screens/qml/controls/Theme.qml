pragma ComponentBehavior: Bound
pragma Singleton
import QtQuick
import Kiosk

// Every size, colour and face a page may use. Pages never write a literal colour or font size.
QtObject {
    // every page is drawn on one of three sheets; Main fits it to the glass
    readonly property int sheetWidth: Visit.sheetWidth
    readonly property int sheetHeight: Visit.sheetHeight
    readonly property bool landscape: sheetWidth > sheetHeight
    readonly property bool laptop: Visit.sheet === "laptop"
    readonly property bool lowReach: Visit.lowReach && !landscape
    readonly property bool care: Visit.care
    readonly property bool black: Visit.contrast === "black"
    readonly property bool white: Visit.contrast === "white"
    readonly property real textScale: Visit.textScale
    // one column, short labels, fewer things at a time
    readonly property bool large: textScale >= 1.4
    readonly property bool short: textScale > 1 || landscape || lowReach

    // colour
    readonly property color page: black ? "#000000" : "#FFFFFF"
    readonly property color surface: black ? "#000000" : white ? "#FFFFFF" : "#EDF3F4"
    readonly property color ink: black ? "#FFFFFF" : white ? "#000000" : "#0E222B"
    readonly property color inkSoft: black ? "#E8E8E8" : white ? "#000000" : "#37505B"
    readonly property color primary: black ? "#FFFFFF" : white ? "#062A38" : "#0A4257"
    readonly property color primaryInk: black ? "#000000" : "#FFFFFF"
    readonly property color bar: black ? "#000000" : "#06303F"
    readonly property color barInk: "#FFFFFF"
    readonly property color barSoft: black ? "#E8E8E8" : "#BED0D7"
    readonly property color barEdge: black ? "#FFFFFF" : "#7FA3B0"
    readonly property color barRule: black ? "#FFFFFF" : "#2A5566"
    readonly property color accent: black ? "#FFE14A" : "#FFC53A"
    readonly property color accentInk: black ? "#000000" : "#0E222B"
    readonly property color edge: black ? "#FFFFFF" : white ? "#000000" : "#5B7480"
    readonly property color hairline: black ? "#FFFFFF" : white ? "#000000" : "#C3D1D6"
    readonly property color ok: black ? "#9CF0BF" : "#07512F"
    readonly property color okSurface: black ? "#000000" : white ? "#FFFFFF" : "#E4F2EA"
    readonly property color attention: black ? "#FFC27A" : "#713500"
    readonly property color attentionSurface: black ? "#000000" : white ? "#FFFFFF" : "#FFF0DB"
    readonly property color failed: black ? "#FFB3AA" : "#86170F"
    readonly property color failedSurface: black ? "#000000" : white ? "#FFFFFF" : "#FCE9E6"
    readonly property color keyboard: black ? "#000000" : "#DCE6E9"
    readonly property color keySpecial: black ? "#000000" : "#C9D8DD"
    readonly property color idle: black ? "#000000" : "#D5E0E4"
    readonly property color paper: "#FFFFFF"
    readonly property color scrim: "#06303F"

    // type
    readonly property string family: Visit.language === "zh_Hans" ? "Noto Sans CJK SC" : "Noto Sans CJK HK"
    readonly property string iconFamily: "Material Icons"
    readonly property bool cjk: Visit.language !== "en"
    readonly property int display: px(92)
    readonly property int h1: px(laptop ? 46 : 60)
    readonly property int h2: px(44)
    readonly property int body: px(36)
    readonly property int head: 36
    readonly property int keycap: 26

    // space: multiples of 12
    readonly property int s1: 12
    readonly property int s2: 24
    readonly property int s3: 36
    readonly property int s4: 48
    readonly property int s6: 72
    readonly property int margin: laptop ? 36 : 60
    readonly property int barMargin: laptop ? 24 : landscape ? 36 : 60
    readonly property int radius: 12
    readonly property int line: black || white ? 4 : 3
    readonly property int target: care && !laptop ? 120 : 96
    readonly property int primaryTarget: laptop ? 104 : 128
    readonly property int dialogTarget: laptop ? 120 : 168
    readonly property int headerHeight: laptop ? 112 : landscape ? 132 : 144
    readonly property int candidateBar: 124
    readonly property int stepHeight: landscape ? 80 : 98
    readonly property int barWidth: !landscape ? 0 : laptop ? 296 : 400
    readonly property int pageWidth: sheetWidth - barWidth
    readonly property int columnWidth: pageWidth - 2 * margin
    // low reach: what stands above this is only read
    readonly property int reach: 740
    readonly property real keyboardScale: Math.min(1, pageWidth / 1080)

    function px(size: int): int {
        return Math.round(size * textScale);
    }

    // the bar's words grow with the text where the bar has the sheet's width; a column keeps its size, as the header does
    function barPx(size: int): int {
        return landscape ? (laptop ? Math.min(size, 36) : size) : px(size);
    }

    // the width of one of `count` things in a row; from size 1.4 each has the row to itself
    function share(width: real, count: int): real {
        return large ? width : Math.floor((width - (count - 1) * s2) / count);
    }
}
