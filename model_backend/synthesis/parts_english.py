"""The parts that English values are put together from: sentences, goods, places, units."""

from __future__ import annotations

from model_backend.synthesis.word_lists import listed

SUBJECTS = listed(
    "the committee|the department|our office|this study|the sample|the supplier|"
    "the field manager|the display|the new label|the customer|the sales force|the patient|"
    "the test group|the product|the panel|the printer|the agency|the proposed change|management|"
    "the laboratory|the survey|the retailer|each member|the coupon|the equipment|the contract|"
    "the shipment|the budget|the doctor|the program|the current system"
)
VERBS = listed(
    "will review|has approved|did not receive|should be able to complete|has requested|"
    "was used to test|is expected to increase|has not changed|must be replaced before|"
    "was compared with|is based on|was returned with|will be sent to|has been tested against|"
    "does not include|showed no effect on|covers|was delivered without|may be reduced by|"
    "agrees with|was stored with|responded well to|is limited to|has improved|"
    "would be helpful in|replaces|was damaged during|continues to support|reported|requires"
)
OBJECTS = listed(
    "the revised estimate|all items on the list|the final report|the first shipment|"
    "two additional samples|the results of last year|a second visit|the original order|"
    "the approved plan|regular service|the cost of materials|three of the stores|"
    "the next meeting|a new set of labels|local distribution|the terms of the agreement|"
    "the increase in volume|the attached schedule|normal working hours|the control group|"
    "higher temperature|the outside contractor|a follow-up call|one of the offices|"
    "the travel advance|the quality of the print|ten percent of the total|the present method|"
    "the storage area|additional funds for the project|the older equipment"
)
ENDINGS = listed(
    "by the end of the month|in most areas|at this time|for the second quarter|"
    "as soon as possible|without delay|in all regions|during the test period|"
    "at no additional cost|under normal conditions|until further notice|after the meeting|"
    "on an exception basis|per your request|as discussed|if necessary|from the central office|"
    "for review|within two weeks|at room temperature|prior to shipment|this year"
)
ADJECTIVES = listed(
    "new|special|regular|standard|annual|local|national|medical|clear|white|blue|red|heavy|light|"
    "small|large|plastic|metal|paper|printed|electric|general|seasonal|outdoor|direct|retail|"
    "fresh|dry|liquid|mixed"
)
GOODS = listed(
    "display|folder|labels|cartons|valve|filter|paper|ink|cable|pump|brochure|poster|envelopes|"
    "samples|binder|chair|lamp|tape|battery|solution|powder|tablets|oil|resin|gloves|film|coupon|"
    "catalog|counter|fixture|mailing|study|survey|service|repair|inspection|seminar|campaign|"
    "training|packaging|storage"
)
DEPARTMENTS = listed(
    "Research|Marketing|Sales|Accounting|Purchasing|Personnel|Engineering|Production|Legal|"
    "Quality Control|Media|Operations|Public Affairs|Finance|Field Sales|Human Resources|"
    "Shipping|Radiology|Admissions|Product Development|Information Services|Maintenance|Planning|"
    "R&D|Advertising|Library|Security"
)
STATES = listed(
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|"
    "NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|Texas|Ohio|Virginia|Kentucky|"
    "Georgia|Illinois|Iowa|Maine"
)
COUNTRIES = listed(
    "USA|U.S.A.|Canada|Mexico|Germany|France|Italy|Japan|Korea|Brazil|England|Spain|Sweden"
)
MONTHS = listed(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
STATUSES = listed(
    "Single|Married|None|Active|Pending|Open|Closed|Regular|U.S.|Exempt|Good|New|In process|N/A"
)
TERMS = listed(
    "Net 30|Net 30 days|2/10 Net 30|Prepaid|Collect|UPS|Truck|Air freight|Parcel post|Best way|"
    "Our truck|Factory|Cash|Check|C.O.D.|Messenger|Destination|First class mail|Rail|Company car|"
    "Credit card"
)
UNITS = listed(
    "mm|cm|mg|g|kg|lbs.|lb.|oz.|in.|ft.|ml|cc|°F|°C|psi|mg/kg|ppm|g/m2|sec.|min.|%|x 4 in."
)
